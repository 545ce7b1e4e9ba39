"""What can be asked of citizen reports?"""
