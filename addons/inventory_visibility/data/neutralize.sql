-- a copy of the database tells nobody anything
UPDATE stock_webhook SET active = false;
