DROP TABLE drift_check;
DROP TABLE drift;
