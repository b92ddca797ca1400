"""The pages of a unit as one PDF with the untouched pictures and their text, invisible, in its places."""
