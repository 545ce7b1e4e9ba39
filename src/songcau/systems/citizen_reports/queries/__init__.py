"""What can be asked of reports?"""
