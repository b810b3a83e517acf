package platforms

// Introduction is what an administrator reads about a platform before it is
// connected.
type Introduction struct {
	Brings string // what connecting it brings, in a sentence
	Needs  string // the role that whoever connects it must have
	Takes  string // how long that takes: "about 10 minutes"
	// LookRule is the vendor's own rule on how often may be looked, in words, and
	// LookRuleURL where the vendor states it.
	LookRule, LookRuleURL string
}
