package screens

import (
	"slices"
	"strings"
	"time"

	"miohub/app/setup"
	"miohub/app/ui"
	"miohub/platforms"
)

// stepView is a step as the window shows it; rows are all checks of the platform,
// and sealed tells which secrets are stored.
func stepView(p platforms.Platform, s setup.Step, rows []ui.CheckRow, sealed func(key string) bool) ui.Step {
	out := ui.Step{ID: s.ID, Title: s.Title, Summary: s.Summary, State: stepState(s)}
	for _, q := range s.Why {
		out.Why = append(out.Why, ui.Question{Ask: q.Ask, Answer: q.Answer})
	}
	if s.State != setup.StepDone {
		out.RetryAt = stamp(s.RetryAt)
	}
	out.Shipped = shipped(s)
	for _, r := range rows {
		if setup.Belongs(s.Checks, r.Code) {
			out.Checks = append(out.Checks, r)
		}
	}
	for _, part := range s.Parts {
		v := partView(p, s, part, rows)
		if part.Kind == platforms.PartField {
			v.State = fieldState(part, sealed)
		}
		out.Parts = append(out.Parts, v)
		if part.Kind == platforms.PartAction && v.State == ui.StepDone && v.Note != "" {
			out.Summary = v.Note
		}
	}
	return out
}

// shipped says who shipped parts of a step, "" when nobody did.
func shipped(s setup.Step) string {
	var by []string
	for _, part := range s.Parts {
		if who := s.Shipped[part.ID]; who != "" && !slices.Contains(by, who) {
			by = append(by, who)
		}
	}
	return strings.Join(by, ", ")
}

func partView(p platforms.Platform, s setup.Step, part platforms.Part, rows []ui.CheckRow) ui.Part {
	out := ui.Part{
		Kind: ui.PartKind(part.Kind), ID: part.ID, Label: part.Label, Text: part.Text, Value: part.Value,
		URL: part.URL, Action: part.Action, Optional: part.Optional, State: ui.StepTodo, File: part.File, Secret: part.Secret,
	}
	for _, c := range part.Choices {
		out.Choices = append(out.Choices, ui.Choice{Value: c.Value, Label: c.Label})
	}
	if r, ok := s.Proofs[part.ID]; ok {
		out.Proof = checkRow(r)
	}
	switch part.Kind {
	case platforms.PartTick:
		out.State, out.Note = tickState(s, part)
	case platforms.PartProbe:
		out.State = proofState(out.Proof.State)
	case platforms.PartField:
		if part.Secret {
			out.Value = ""
		}
	case platforms.PartAction:
		if done := s.Done[part.Action]; done != "" {
			out.State, out.Note = ui.StepDone, signedIn(done)
		}
	case platforms.PartFile:
		if done := s.Done[part.Action]; done != "" {
			out.State, out.Note = ui.StepDone, sentence(part.Value, "· read "+when(done))
		}
	case platforms.PartVerify:
		out.State = stepState(s)
	case platforms.PartScopes:
		out.State = stepState(s)
		out.Scopes = scopeRows(p, s, rows)
	}
	return out
}

// scopeRows are the permissions that a step's checks prove one by one, each once,
// though several features may need it.
func scopeRows(p platforms.Platform, s setup.Step, rows []ui.CheckRow) []ui.ScopeRow {
	var out []ui.ScopeRow
	at := map[string]int{} // by the code of the check
	for _, g := range p.Grants {
		row, ok := grantRow(p, g, rows)
		if !ok || g.Check != "" || !setup.Belongs(s.Checks, row.Code) {
			continue
		}
		if i, there := at[row.Code]; there {
			if !strings.Contains(out[i].Reason, g.Reason) {
				out[i].Reason = sentence(out[i].Reason, g.Reason)
			}
			continue
		}
		at[row.Code] = len(out)
		out = append(out, scopeRow(g, row))
	}
	return out
}

// tickState is how far a box is confirmed: by whoever ticked it, until its check
// has come to a result.
func tickState(s setup.Step, part platforms.Part) (state ui.StepState, note string) {
	t, ticked := s.Ticks[part.ID]
	state = ui.StepTodo
	if ticked {
		state, note = ui.StepTicked, "Confirmed by "+t.By+", "+said(t.At)
	}
	r, looked := s.Proofs[part.ID]
	proved := ui.StepTodo
	if looked {
		proved = proofState(ui.FindingState(r.Finding.Status))
	}
	switch {
	case proved == ui.StepDone || proved == ui.StepFailed:
		state = proved
	case ticked && part.Check != "":
		note += ", not verified. It is verified by itself as soon as it can be read."
		return state, note
	case ticked:
		note += ", not verified: the platform does not tell."
		return state, note
	}
	if note != "" {
		note += "."
	}
	return state, note
}

// proofState is the state of a part whose check found that.
func proofState(f ui.FindingState) ui.StepState {
	switch f {
	case ui.FindingPass, ui.FindingWarn:
		return ui.StepDone
	case ui.FindingFail:
		return ui.StepFailed
	case ui.FindingWaiting:
		return ui.StepWaiting
	}
	return ui.StepTodo
}

// fieldState says whether a field is filled in.
func fieldState(part platforms.Part, sealed func(key string) bool) ui.StepState {
	if part.Secret && sealed(part.ID) || !part.Secret && part.Value != "" {
		return ui.StepDone
	}
	return ui.StepTodo
}

func scopeRow(g platforms.Grant, r ui.CheckRow) ui.ScopeRow {
	return ui.ScopeRow{Scope: g.Scope, Reason: g.Reason, State: r.State, Evidence: r.Evidence, Cause: r.Cause, Fix: r.Fix, FixURL: r.FixURL, Raw: r.Raw,
		Others: r.Others, Unrecognised: r.Unrecognised}
}

// grantRow is the check of one grant: the one it names, or the one whose code ends
// in the scope's last part and names who holds it
// ("google.delegation.chat.messages", "microsoft.app.User.Read.All").
func grantRow(p platforms.Platform, g platforms.Grant, rows []ui.CheckRow) (ui.CheckRow, bool) {
	short := g.Scope[strings.LastIndex(g.Scope, "/")+1:]
	for _, r := range rows {
		if g.Check != "" {
			if r.Code == g.Check {
				return r, true
			}
			continue
		}
		holder, scope, ok := strings.Cut(strings.TrimPrefix(r.Code, string(p.ID)+"."), ".")
		if ok && scope == short && strings.HasPrefix(string(g.Kind), holder) {
			return r, true
		}
	}
	return ui.CheckRow{}, false
}

// signedIn puts what the wizard remembers of an action into words: "dana@acme.example, <time>".
func signedIn(done string) string {
	account, at, ok := strings.Cut(done, ", ")
	if !ok {
		return "Done " + when(done)
	}
	return "Signed in as " + account + ", " + when(at)
}

func when(done string) string {
	if i := strings.LastIndex(done, ", "); i >= 0 {
		done = done[i+2:]
	}
	t, err := time.Parse(time.RFC3339, done)
	if err != nil {
		return done
	}
	return said(t)
}
