"""The text of page pictures: recognised, kept by version, corrected by hand, and where its words stand."""
