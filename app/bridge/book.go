package bridge

import (
	"context"
	"fmt"
	"sync"

	"miohub/app/store"
	"miohub/platforms"
)

// route is one linked room seen from one side.
type route struct {
	link  int64
	here  platforms.Ref
	there platforms.Ref
	// paused rooms are not looked at. What was read before the pause is carried
	// to its end: the cursor has moved past it, so it would be lost otherwise.
	paused bool
}

// book is what the engine needs to know about rooms and people, read at once
// from the store and never changed afterwards.
type book struct {
	routes  map[platforms.Ref]route
	people  map[platforms.Ref]platforms.Ref             // linked accounts, both ways
	users   map[platforms.Ref]platforms.User            // of both directories
	members map[platforms.Ref]map[platforms.UserID]bool // of linked rooms
	names   map[platforms.Ref]string                    // of linked rooms
}

// shelf holds the present book.
type shelf struct {
	mu   sync.RWMutex
	book *book
}

func (s *shelf) get() *book {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.book
}

func (s *shelf) put(b *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = b
}

func readBook(ctx context.Context, st *store.Store) (*book, error) {
	b := &book{
		routes: map[platforms.Ref]route{}, people: map[platforms.Ref]platforms.Ref{},
		users: map[platforms.Ref]platforms.User{}, members: map[platforms.Ref]map[platforms.UserID]bool{},
		names: map[platforms.Ref]string{},
	}
	links, err := st.RoomLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("bridge: read room links: %w", err)
	}
	for _, l := range links {
		if l.State == store.RoomUnlinked {
			continue
		}
		paused := l.State == store.RoomPaused
		b.routes[l.Left] = route{l.ID, l.Left, l.Right, paused}
		b.routes[l.Right] = route{l.ID, l.Right, l.Left, paused}
	}
	people, err := st.PersonLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("bridge: read person links: %w", err)
	}
	for _, p := range people {
		if p.State == store.PersonLinked {
			b.people[p.Left], b.people[p.Right] = p.Right, p.Left
		}
	}
	return b, b.readMirror(ctx, st)
}

func (b *book) readMirror(ctx context.Context, st *store.Store) error {
	tenants := map[platforms.ID]platforms.TenantID{}
	for ref := range b.routes {
		tenants[ref.Platform] = ref.Tenant
	}
	for platform, tenant := range tenants {
		users, err := st.Users(ctx, platform)
		if err != nil {
			return fmt.Errorf("bridge: read directory: %w", err)
		}
		for _, u := range users {
			b.users[platforms.Ref{Platform: platform, Tenant: tenant, ID: string(u.ID)}] = u
		}
	}
	for ref := range b.routes {
		room, _, err := st.Room(ctx, ref)
		if err != nil {
			return fmt.Errorf("bridge: read members: %w", err)
		}
		set := make(map[platforms.UserID]bool, len(room.Members))
		for _, m := range room.Members {
			set[m.User] = true
		}
		b.members[ref], b.names[ref] = set, room.Name
	}
	return nil
}

// speaksAs answers the account that an author may be posted as in a room on
// the other side: linked, active and licensed there, and a member of the room.
func (b *book) speaksAs(author platforms.Ref, room platforms.Ref) platforms.UserID {
	other, linked := b.people[author]
	if !linked || other.Platform != room.Platform {
		return ""
	}
	u, known := b.users[other]
	if !known || u.State != platforms.Active || u.Licence == platforms.Unlicensed || !b.members[room][u.ID] {
		return ""
	}
	return u.ID
}

// mentioned resolves the mentions of a body for the other side.
func (b *book) mentioned(source platforms.Ref, users []string) map[string]platforms.Mentioned {
	out := map[string]platforms.Mentioned{}
	for _, id := range users {
		ref := platforms.Ref{Platform: source.Platform, Tenant: source.Tenant, ID: id}
		if other, linked := b.people[ref]; linked {
			out[id] = platforms.Mentioned{User: platforms.UserID(other.ID), Name: b.users[other].Name}
		}
	}
	return out
}
