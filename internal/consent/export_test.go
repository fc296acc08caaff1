package consent

// Derived lets tests compare the derived row with the fold.
var Derived, PackedOf = derived, packedOf
