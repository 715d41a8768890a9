DROP TABLE briefing_reading;
