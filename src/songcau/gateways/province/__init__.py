"""The link to the province's centre: the agreed entities and figures go there, each reading once."""
