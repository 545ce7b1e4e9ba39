"""The @contexts that the suite names, as a folder that the broker preloads, so that a run needs no network."""

import json
import shutil
from pathlib import Path

FORGE = "https://forge.etsi.org/rep/cim/ngsi-ld-test-suite/-/raw/develop/resources/jsonld-contexts"
COMPOUND = "ngsi-ld-test-suite-compound.jsonld"
# Where the checkout keeps the document of a URL.
IN_THE_CHECKOUT = {
    f"{FORGE}/{COMPOUND}": COMPOUND,
    f"{FORGE}/ngsi-ld-test-suite.jsonld": "ngsi-ld-test-suite.jsonld",
    # An older home of the same compound context, which some files still name.
    "https://easy-global-market.github.io/ngsild-api-data-models/ngsildTestSuite/ngsildTestSuiteV1.8-compound.jsonld": (
        COMPOUND
    ),
}
# The suite lists and deletes these and looks up no term in them: a context that defines nothing does for all three.
STOOD_IN = (
    "http://smartdatamodels.org/context.jsonld",
    "https://fiware.github.io/data-models/context.jsonld",
    "https://fiware.github.io/NGSI-LD_TestSuite/ldContext/testContext.jsonld",
)
EMPTY = "empty.jsonld"


def write_folder(suite: Path, folder: Path) -> None:
    """Fill a folder for `songcau broker --contexts`: `index.json` maps each URL to a file beside it.

    The core contexts are the broker's own. What the suite names as missing is not put there, so that it stays missing.
    """
    kept = suite / "resources" / "jsonld-contexts"
    for name in sorted(set(IN_THE_CHECKOUT.values())):
        shutil.copyfile(kept / name, folder / name)
    (folder / EMPTY).write_text(json.dumps({"@context": {}}), encoding="utf-8")
    index = {**IN_THE_CHECKOUT, **dict.fromkeys(STOOD_IN, EMPTY)}
    (folder / "index.json").write_text(json.dumps(index, indent=2), encoding="utf-8")
