"""Tables in files: CSV and XLSX, in the encodings and separators that offices really use."""
