package deid

// Graphemes lets tests look at the segmentation itself.
var Graphemes = graphemes
