"""Programs that are told what happens here, after the scheme of Standard Webhooks."""
