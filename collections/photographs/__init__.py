"""Work on photographs: their files, captions, persons, tags, doubles and negatives."""
