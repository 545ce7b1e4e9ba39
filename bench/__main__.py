"""`make bench`: every measurement, one after the other."""

import importlib
import pkgutil

import bench

for found in sorted(pkgutil.iter_modules(bench.__path__), key=lambda module: module.name):
    if found.name != "__main__":
        print(f"── {found.name}")
        importlib.import_module(f"bench.{found.name}").main()
