package sandbox

import (
	"fmt"
	"sync"

	world "miohub/platforms/sandbox"
)

// What can be wrong with the tenant, by the ids that switch it.
const (
	faultClientDeleted = "google.client-deleted"
	faultClientSecret  = "google.client-secret"
	faultOrgInternal   = "google.org-internal"
	faultPolicy        = "google.api-controls"
	faultRevoked       = "google.grant-revoked"
	faultSession       = "google.session-control"
	faultRole          = "google.role-lost"
	faultClock         = "google.clock-skew"

	faultPending       = "google.delegation-pending"
	faultByAddress     = "google.delegation-by-email"
	faultScopeMissing  = "google.scope-missing"
	faultScopeExtra    = "google.scope-extra"
	faultRestricted    = "google.account-restricted"
	faultPersonDeleted = "google.subject-deleted"
	faultKeyDeleted    = "google.key-deleted"
	faultKeyDisabled   = "google.key-disabled"
	faultAppGone       = "google.service-account-deleted"

	faultNoKeys   = "google.key-creation-forbidden"
	faultNoSigner = "google.token-creator-missing"

	faultAutoAccept       = "google.auto-accept-off"
	faultAutoAcceptUnit   = "google.auto-accept-off-unit"
	faultSettingsApps     = "google.settings-apps"
	faultSettingsExternal = "google.settings-external-chat"
	faultSettingsHistory  = "google.settings-history"
	faultSettingsFiles    = "google.settings-files"
	faultManualLicensing  = "google.automatic-licensing-off"
	faultNoLicence        = "google.licences-used-up"

	faultAppMissing = "google.chat-app-missing"
	faultChatOff    = "google.chat-off"
	faultQuota      = "google.quota-exhausted"
	faultSuspended  = "google.subscription-suspended"
	faultLost       = "google.notifications-lost"
	faultSlow       = "google.slow"
	faultAfter      = "google.error-after-effect"
)

// fault is one thing that can be wrong. Most are merely looked up where the
// vendor would notice them; turn does what must happen when one is switched.
type fault struct {
	id, group, title, shows string
	turn                    func(on bool) error
}

// switches remembers which faults are on.
type switches struct {
	mu sync.Mutex
	on map[string]bool
}

func (s *switches) is(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on[id]
}

func (s *switches) set(id string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on[id] = on
}

// wrong reports whether a fault is on.
func (g *google) wrong(id string) bool { return g.switches.is(id) }

// namedFaults offers the tenant's faults to whoever runs it.
func (g *google) namedFaults() []world.NamedFault {
	var list []world.NamedFault
	for _, group := range [][]fault{g.signInFaults(), g.delegationFaults(), g.settingFaults(), g.serviceFaults()} {
		for _, f := range group {
			list = append(list, world.NamedFault{
				ID: f.id, Title: f.title, Group: f.group, Shows: f.shows,
				Switch: g.switching(f), On: func() bool { return g.wrong(f.id) },
			})
		}
	}
	return list
}

// switching turns a fault on and off, one at a time; a repetition does nothing.
func (g *google) switching(f fault) func(bool) error {
	return func(on bool) error {
		g.turning.Lock()
		defer g.turning.Unlock()
		if g.wrong(f.id) == on {
			return nil
		}
		if f.turn != nil {
			if err := f.turn(on); err != nil {
				return fmt.Errorf("switch %s: %w", f.id, err)
			}
		}
		g.switches.set(f.id, on)
		return nil
	}
}

// ordinary finds the person whom faults about one person hit: the first by
// address who may use Chat, sits in an org unit and is no administrator.
func ordinary(t *world.Tenant) world.Account {
	var first world.Account
	for _, a := range t.Accounts() {
		if !a.Licensed || a.Admin || a.Guest || a.Suspended || !a.Deleted.IsZero() || orgUnit(a) == "/" {
			continue
		}
		if first.ID == "" || a.Address < first.Address {
			first = a
		}
	}
	return first
}
