DROP TABLE audit_entry;
DROP TABLE record_reference;
DROP TABLE current_record;
DROP TABLE record_version_personal_data;
DROP TABLE record_version;
DROP TABLE import;
