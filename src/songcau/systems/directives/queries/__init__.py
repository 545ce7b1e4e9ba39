"""What can be asked of directives?"""
