package web

// MenuKeys lists the pages that have a place in the menus of staff.
func MenuKeys() (keys []string) {
	for _, p := range menuParts {
		keys = append(keys, p.pages...)
	}
	return keys
}
