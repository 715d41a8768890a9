DROP TABLE road_service_approval;
