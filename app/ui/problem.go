package ui

import (
	"context"
	"errors"
	"time"

	"miohub/platforms"
)

// Problem is an error in words for the administrator, with what support needs.
type Problem struct {
	Message   string `json:"message"`   // the operation and the vendor's own words
	Advice    string `json:"advice"`    // what to do about it
	Kind      string `json:"kind"`      // platforms.Kind
	Code      string `json:"code"`      // the vendor's code
	Status    int    `json:"status"`    // HTTP status, 0 when no answer arrived
	RequestID string `json:"requestId"` // the vendor's request id
	Time      string `json:"time"`      // when the answer arrived
	RetryIn   int    `json:"retryIn"`   // seconds the vendor asked to wait, 0 when it did not say
	// Cause, Fix and FixURL are what the platform makes of it, "" where nobody asked
	// it or it does not know; Others are further causes that look the same.
	Cause  string   `json:"cause"`
	Fix    string   `json:"fix"`
	FixURL string   `json:"fixUrl"`
	Others []Remedy `json:"others"`
	// Raw is the vendor's own words, to be copied.
	Raw string `json:"raw"`
	// Unrecognised: nobody has met this answer before.
	Unrecognised bool `json:"unrecognised"`
}

// Explained is an error that its platform has explained.
type Explained struct {
	Err     error
	Finding platforms.Finding
}

// Error implements error.
func (e *Explained) Error() string { return e.Err.Error() }

// Unwrap answers the error itself.
func (e *Explained) Unwrap() error { return e.Err }

// Explain turns an error into words.
func Explain(err error) Problem {
	kind := platforms.KindOf(err)
	p := Problem{Message: err.Error(), Kind: string(kind), Advice: advice(kind), Others: []Remedy{}}
	if errors.Is(err, context.Canceled) {
		p.Advice = "It was stopped before it ended. Start it again when you like."
	}
	if errors.Is(err, context.DeadlineExceeded) {
		p.Advice = "It took too long. Check the network, then try again."
	}
	var e *platforms.Error
	if errors.As(err, &e) {
		p.Code, p.Status, p.RequestID = e.Code, e.Status, e.RequestID
		p.RetryIn = int(e.RetryAfter / time.Second)
		if !e.Time.IsZero() {
			p.Time = e.Time.Format(time.RFC3339)
		}
	}
	var explained *Explained
	if errors.As(err, &explained) {
		f := explained.Finding
		p.Cause, p.Fix, p.FixURL, p.Raw, p.Unrecognised = f.Cause, f.Fix, f.FixURL, f.Raw, f.Unrecognised
		p.Others = Remedies(f.Others)
	}
	return p
}

// Remedies are further causes as the window shows them.
func Remedies(list []platforms.Remedy) []Remedy {
	out := make([]Remedy, 0, len(list))
	for _, r := range list {
		out = append(out, Remedy{Cause: r.Cause, Fix: r.Fix, FixURL: r.FixURL})
	}
	return out
}

// FormatError is what a bound method's error becomes in the window.
func FormatError(err error) any { return Explain(err) }

func advice(kind platforms.Kind) string {
	switch kind {
	case platforms.SignInAgain:
		return "The permission is gone or has expired. Open Platforms and choose Re-authenticate."
	case platforms.Forbidden:
		return "The signed-in account may not do this. Open Platforms, choose Check now and see which permission is missing."
	case platforms.NotFound:
		return "It is no longer there, or is hidden from the signed-in account."
	case platforms.Conflict:
		return "Something changed meanwhile. Look again, then repeat it."
	case platforms.Invalid:
		return "Repeating it will not help. Check what was entered."
	case platforms.Unsupported:
		return "This platform, or this room, cannot do it."
	case platforms.SlowDown:
		return "The platform asked Mio Hub to slow down. It continues by itself."
	case platforms.TryLater:
		return "A passing fault. Nothing was changed; try again in a moment."
	case platforms.Uncertain:
		return "It may have happened. Look before you repeat it."
	default:
		return "Nobody expected this. Copy it for support from Activity."
	}
}
