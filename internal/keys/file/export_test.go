package file

// Parse reads the document inside a key file.
var Parse = parse
