-- a copy of the database buys, voids and looks up nothing: it has no credentials any more
UPDATE shipping_account_credential SET value = NULL;
UPDATE shipping_account SET environment = 'test', base_url = NULL, webhook_token = NULL, webhook_secret = NULL;
