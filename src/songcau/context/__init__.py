"""The live city: a context broker (NGSI-LD) that can be used alone. No Django; `docs/CONTEXT.md` leads through it."""
