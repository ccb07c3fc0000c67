package githubsim

// restRoutes lists the REST operations that the simulator answers.
func (s *Server) restRoutes() []route { return nil }
