"""Where we reach out: WeChat, SMS, department systems, object storage, keys, wake-ups. Knows no rule of the county."""
