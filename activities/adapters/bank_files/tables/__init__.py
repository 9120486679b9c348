"""Tables read: separated values, workbooks and fixed-width lines, each as a profile's data describes it."""
