"""The outside world on one desk: the WeChat platform, an SMS gateway and departments' own systems."""
