package microsoft

import "miohub/platforms"

// offer fills in what the connection can do with the sign-ins there are and the
// features that are on.
func (s *session) offer(c *platforms.Connection) {
	if s.app != nil {
		s.offerAsApplication(c)
	}
	if s.bridge != nil && s.bridgeID != "" {
		s.offerAsBridge(c)
	}
}

// offerAsApplication is what the application does in its own name.
func (s *session) offerAsApplication(c *platforms.Connection) {
	channels := &rooms{graph: s.app, tenant: s.tenant}
	c.Users = &users{graph: s.app}
	c.Rooms = channels
	c.RoomEdit = &roomEditor{graph: s.app}
	if s.on(platforms.FeatureScope) {
		c.Groups = &groups{graph: s.app}
	}
	if s.on(platforms.FeatureRoomEdit) {
		c.RoomMake = &roomMaker{graph: s.app}
		c.Members = &memberEditor{graph: s.app, rooms: channels}
	}
	invite, make, disable := s.on(platforms.FeatureProvision), s.on(featureMembers), s.on(featureDisable)
	sold := &licences{graph: s.app}
	if make {
		c.Licences = sold
	}
	if invite || make || disable {
		c.Accounts = &accounts{graph: s.app, licences: sold, domains: s.known().Domains, invites: invite, makes: make, disables: disable}
	}
}

// offerAsBridge is what the bridge account does.
func (s *session) offerAsBridge(c *platforms.Connection) {
	posts := &messages{graph: s.bridge, session: s}
	c.Messages, c.Undelete, c.Reacts = posts, posts, posts
	if s.on(platforms.FeatureFiles) {
		posts.files = &files{graph: s.bridge, http: s.http}
		c.Files = posts.files
	}
	c.Sources = []platforms.Source{&poll{graph: s.bridge, own: s.bridgeID, now: s.env.Now}}
	c.Seats = []platforms.Seat{{
		User: s.bridgeID, Name: "Mio bridge (" + s.env.Values.Get(keyBridge) + ")",
		Why: "Teams lets only a member of the team post in its channels: this account posts what is said in Google Chat.",
	}}
	if s.on(platforms.FeaturePush) {
		if hubs := s.eventHubs(); hubs != nil {
			c.Pushes = []platforms.Push{hubs}
		}
	}
}

var (
	_ platforms.Groups       = (*groups)(nil)
	_ platforms.Licences     = (*licences)(nil)
	_ platforms.RoomMaker    = (*roomMaker)(nil)
	_ platforms.MemberEditor = (*memberEditor)(nil)
	_ platforms.Undeleter    = (*messages)(nil)
	_ platforms.Reactions    = (*messages)(nil)
	_ platforms.Files        = (*files)(nil)
	_ platforms.Push         = (*eventHubs)(nil)
)
