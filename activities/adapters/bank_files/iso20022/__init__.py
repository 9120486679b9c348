"""ISO 20022 messages read: camt.052/053/054, pain.001, pain.002, pain.008, in every version."""
