"""The outside world behind the ports: browser, OCR, mail, webhooks, secrets."""
