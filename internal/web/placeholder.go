package web

type Imports interface{}

func (p *staffPages) importRoutes() []Route { return nil }
