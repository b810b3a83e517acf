package sandbox

import (
	"fmt"

	world "miohub/platforms/sandbox"
)

// refusal is one thing the vendor refuses: what is answered, and where that is
// known from. Message is a format for what differs from case to case.
type refusal struct {
	ID      string
	Source  string
	Status  int
	Code    string // Graph's error code, or Entra's OAuth error
	Sub     string // Entra: the suberror, "" for none
	Number  int    // Entra: the AADSTS number
	Message string
}

// refusalTables are the tables, by part of the vendor.
func refusalTables() [][]refusal {
	return [][]refusal{entraRefusals(), policyRefusals(), deviceRefusals(), assertionRefusals(), graphRefusals(), teamsRefusals(), fileRefusals(), subscriptionRefusals()}
}

// findRefusal looks a refusal up. One that is not listed is an internal error,
// which a test keeps from happening.
func findRefusal(id string) refusal {
	for _, list := range refusalTables() {
		for _, r := range list {
			if r.ID == id {
				return r
			}
		}
	}
	return refusal{ID: id, Status: 500, Code: "server_error", Number: 90033, Message: "A transient error has occurred. Please try again."}
}

// listRefusals is the table as the World's suite prints it.
func listRefusals() []world.Refusal {
	var out []world.Refusal
	for _, list := range refusalTables() {
		for _, r := range list {
			out = append(out, world.Refusal{ID: r.ID, Source: r.Source, Test: fmt.Sprintf("TestRefusals/%s", r.ID)})
		}
	}
	return out
}
