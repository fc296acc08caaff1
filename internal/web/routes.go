package web

// Site holds what the pages need from the features. A page group declares the
// narrow interface it uses in its own file and adds one field here.
type Site struct{}

// Routes is every page there is, who may open it, and its place in the menu.
func (s *Site) Routes() []Route {
	return []Route{
		// Public.
		{Pattern: "GET /{$}", Handler: home, Access: Anyone},
		{Pattern: "GET /problems/{code}", Handler: explainCode, Access: Anyone},
	}
}
