package google

import (
	"context"
	"maps"
	"strings"
	"sync"

	admin "google.golang.org/api/admin/directory/v1"

	"miohub/platforms"
)

// lookups is how many accounts are asked for one by one before the whole
// directory is read instead.
const lookups = 25

// personFields are what personOf needs.
const personFields = "id,primaryEmail,suspended,archived,deletionTime,isMailboxSetup,isGuestUser"

// person is what acting for an account needs to know.
type person struct {
	address string
	usable  bool // neither suspended, archived nor deleted
	// licensed: a Workspace licence was assigned to it (see userOf).
	licensed bool
}

// people knows the addresses behind account ids: Chat tells only ids, and
// delegation wants addresses.
type people struct {
	w *workspace

	mu     sync.Mutex
	known  map[platforms.UserID]person
	missed int
	read   sync.Once
}

func newPeople(w *workspace) *people {
	return &people{w: w, known: map[platforms.UserID]person{}}
}

func (p *people) learn(id platforms.UserID, who person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[id] = who
}

func (p *people) forget(id platforms.UserID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, id)
}

// forgetAddress forgets whoever had the address.
func (p *people) forgetAddress(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.known, func(_ platforms.UserID, who person) bool { return who.address == address })
}

func (p *people) recall(id platforms.UserID) (who person, known, readAll bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, known = p.known[id]
	if !known {
		p.missed++
	}
	return who, known, p.missed > lookups
}

// who tells the address of an account. An account that does not exist is not usable.
func (p *people) who(ctx context.Context, id platforms.UserID) (person, error) {
	who, known, readAll := p.recall(id)
	if known {
		return who, nil
	}
	if readAll {
		p.read.Do(func() { p.readAll(ctx) })
		if who, known, _ := p.recall(id); known {
			return who, nil
		}
	}
	return p.ask(ctx, id)
}

// readAll fills the memory; what it misses is asked for one by one.
func (p *people) readAll(ctx context.Context) {
	err := p.w.listUsers(ctx, false, personFields, func(list []*admin.User) error {
		for _, a := range list {
			p.learn(platforms.UserID(a.Id), personOf(a))
		}
		return nil
	})
	if err != nil {
		p.w.env.Log.WarnContext(ctx, "directory could not be read ahead", "error", err)
	}
}

func (p *people) ask(ctx context.Context, id platforms.UserID) (person, error) {
	directory, err := p.w.directory(ctx, p.w.asAdmin(scopeUsers))
	if err != nil {
		return person{}, err
	}
	a, err := directory.Users.Get(string(id)).Fields(personFields).Context(ctx).Do()
	if err != nil {
		err = failed("read account", err)
		if kind := platforms.KindOf(err); kind != platforms.NotFound && kind != platforms.Forbidden && kind != platforms.Invalid {
			return person{}, err
		}
		// Somebody of another organisation, or gone.
		p.learn(id, person{})
		return person{}, nil
	}
	who := personOf(a)
	p.learn(id, who)
	return who, nil
}

func personOf(a *admin.User) person {
	return person{
		address: strings.ToLower(a.PrimaryEmail), usable: a.DeletionTime == "" && !a.Suspended && !a.Archived,
		licensed: a.IsMailboxSetup || a.IsGuestUser,
	}
}
