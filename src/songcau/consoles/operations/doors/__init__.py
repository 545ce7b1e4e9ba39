"""What these screens ask of other systems, one small file for each; where a system offers nothing, they say so."""
