"""Measures over arrays of numbers: of rankings, of confidences, of labels. Pure; NaN where a measure is not defined."""
