DROP TABLE transfer_package;
DROP TABLE received_version;
DROP TABLE received_transfer;
DROP TABLE transfer;
DROP TABLE transfer_key;
