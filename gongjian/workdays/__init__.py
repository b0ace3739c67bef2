"""Which days are worked in China: every day but weekends, save what the State Council swaps each year (Year).

The pack brings the years. Begin with days.py, which counts; calendar.py asks what is loaded.
"""
