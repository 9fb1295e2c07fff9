-- Forget what an earlier try of a forecast kept.
DELETE FROM {live}.forecast_touch WHERE forecast_id = %(forecast)s
