DROP TABLE signed_message;
