"""What the operations centre prints on A4: the day on one page, the hand-over of a shift, one incident."""
