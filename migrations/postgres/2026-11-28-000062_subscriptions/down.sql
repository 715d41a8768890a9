DROP TABLE delivery;
DROP TABLE subscription;
