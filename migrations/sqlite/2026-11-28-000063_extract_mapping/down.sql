DROP TABLE extract_taken;
DROP TABLE import_extract;
DROP TABLE extract_mapping;
