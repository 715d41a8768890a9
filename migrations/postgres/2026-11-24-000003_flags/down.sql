DROP TABLE flag_evaluation;
DROP TABLE evaluation_request;
DROP TABLE flag_acknowledgement;
DROP TABLE flag;
