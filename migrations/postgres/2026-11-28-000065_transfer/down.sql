DROP TABLE transfer_package;
DROP TABLE received_version;
DROP TABLE received_transfer;
DROP TABLE transfer;
DROP TABLE transfer_key;
DROP FUNCTION transfers_are_append_only();
