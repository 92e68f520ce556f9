"""What batch runs show: run folders in, one self-contained HTML report out. Nothing here ranks people, authors or wards."""
