package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

// transferTimeout bounds the copying of one file in a real tenant's time: 200 MB
// over a slow line.
const transferTimeout = 30 * time.Minute

// sortFiles takes the files that can be copied to the other side out of an event
// and answers them. What stays in it is linked to, where there is a page to link
// to, and else named as not carried.
func (e *Engine) sortFiles(r route, in *stored) []platforms.File {
	from, to := e.sides[r.here.Platform].Connection, e.sides[r.there.Platform].Connection
	limit := to.Messages.Features(platforms.RoomID(r.there.ID)).MaxFile
	var copied, linked []platforms.File
	for _, f := range in.Files {
		why := ""
		switch {
		case from.Files == nil || to.Files == nil || limit == 0:
			why = "files are not carried"
		case f.ID == "":
			why = "it cannot be copied"
		case f.Size > limit:
			why = "it is larger than " + megabytes(limit)
		default:
			copied = append(copied, f)
			continue
		}
		if f.URL != "" {
			linked = append(linked, f)
		} else {
			in.Lost = append(in.Lost, lostFile(f, why))
		}
	}
	in.Files, in.carried = linked, len(copied) > 0
	return copied
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// lostFile names a file that is not carried, for the note in the message.
func lostFile(f platforms.File, why string) string {
	return "the file “" + fileName(f) + "”: " + why
}

// fileName is a file's name as it may be shown: its author chose it.
func fileName(f platforms.File) string {
	if f.Name == "" {
		return "unnamed"
	}
	return richtext.CleanName(f.Name)
}

// fileLink is the line that leads to a file which is not copied.
func fileLink(f platforms.File) richtext.Block {
	return richtext.Block{Kind: richtext.Paragraph, Spans: []richtext.Span{
		{Text: "File: "}, {Text: fileName(f), Link: f.URL},
	}}
}

// errStopped: the engine is to stop, and nothing was posted yet.
var errStopped = errors.New("the engine stops")

// transfer copies the files of a message that is about to be posted, before it is
// marked as being sent: a file that was put has shown nothing to anybody yet.
// What was put is kept with the row, so that a repeated attempt puts it once
// where the platform would keep both. A file that cannot be copied becomes a note
// in the message and a line in the log. An error is passing: try again later.
func (e *Engine) transfer(ctx context.Context, side Side, row store.OutboxRow, p *payload) error {
	again := side.Connection.Messages.Features(platforms.RoomID(row.Target.ID)).Idempotent
	if again {
		p.Put = nil // it may have expired, and leaves no trace where it is not shown
	}
	for i, f := range p.Files {
		if _, put := p.Put[i]; put || p.Missing[i] != "" {
			continue
		}
		up, err := e.copyFile(ctx, side, row, f)
		switch {
		case err == nil:
			p.put(i, up)
		case passes(ctx, err) || e.doubtful(ctx, row, err):
			return err
		default:
			p.miss(i, lostFile(f, "it could not be copied"))
			e.note(ctx, store.LevelProblem, "bridge.file-lost", "A file could not be copied; the message says so.", row, err)
		}
		if !again {
			if err := e.keep(ctx, row, *p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *payload) put(i int, up platforms.Upload) {
	if p.Put == nil {
		p.Put = map[int]platforms.Upload{}
	}
	p.Put[i] = up
}

func (p *payload) miss(i int, why string) {
	if p.Missing == nil {
		p.Missing = map[int]string{}
	}
	p.Missing[i] = why
}

// uploads are the files that stand ready, and what the message says about those
// that do not, in the order in which they were attached: where to open them, or
// that they are not carried.
func (p payload) uploads() (ready []platforms.Upload, said richtext.Doc) {
	var missing []string
	for i, f := range p.Files {
		why := p.Missing[i]
		switch up, put := p.Put[i]; {
		case put:
			ready = append(ready, up)
		case why == "":
		case f.URL != "":
			said = append(said, fileLink(f))
		default:
			missing = append(missing, why)
		}
	}
	if len(missing) > 0 {
		said = append(said, lostNote(missing))
	}
	return ready, said
}

// passes: what failed may succeed later.
func passes(ctx context.Context, err error) bool {
	switch platforms.KindOf(err) {
	case platforms.SlowDown, platforms.TryLater, platforms.Uncertain, platforms.SignInAgain:
		return true
	}
	return ctx.Err() != nil || errors.Is(err, errStopped)
}

// doubtful: the refusal may be one of the whole connection, on either side. While
// that is broken, no file is given up for it.
func (e *Engine) doubtful(ctx context.Context, row store.OutboxRow, err error) bool {
	if platforms.KindOf(err) != platforms.Forbidden {
		return false
	}
	for _, id := range []platforms.ID{row.SourceRoom.Platform, row.Target.Platform} {
		// A store that cannot tell is no reason to give up either.
		if c, err := e.store.Connection(ctx, id); err != nil || c.Problem != "" {
			return true
		}
	}
	return row.Attempts < doubts
}

func (e *Engine) keep(ctx context.Context, row store.OutboxRow, p payload) error {
	sealed, err := e.sealPayload(p)
	if err != nil {
		return err
	}
	if err := e.store.Reseal(ctx, row.ID, sealed); err != nil {
		return fmt.Errorf("bridge: keep what was put: %w", err)
	}
	return nil
}

// copyFile streams one file from the message's side to the row's. It ends at once
// when the engine is to stop.
func (e *Engine) copyFile(ctx context.Context, side Side, row store.OutboxRow, f platforms.File) (platforms.Upload, error) {
	ctx, cancel := context.WithTimeout(ctx, transferTimeout)
	defer cancel()
	ctx, done := e.untilStopped(ctx)
	defer done()
	from := e.sides[row.SourceRoom.Platform].Connection.Files
	if from == nil || side.Connection.Files == nil {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Unsupported, Op: "copy a file", Text: "files are not carried any more"}
	}
	body, known, err := from.Open(ctx, platforms.RoomID(row.SourceRoom.ID), f)
	if err != nil {
		e.failed(row.SourceRoom.Platform, err)
		return platforms.Upload{}, because(ctx, err)
	}
	defer body.Close()
	room := platforms.RoomID(row.Target.ID)
	if limit := side.Connection.Messages.Features(room).MaxFile; known.Size > limit {
		return platforms.Upload{}, &platforms.Error{Kind: platforms.Invalid, Op: "copy a file", Text: "the file is larger than " + megabytes(limit)}
	}
	f.Size = known.Size
	if known.Type != "" {
		f.Type = known.Type
	}
	up, err := side.Connection.Files.Put(ctx, room, platforms.UserID(row.As), f, body)
	return up, because(ctx, err)
}

// untilStopped is a context that ends with ctx or when the engine is to stop;
// done must be called.
func (e *Engine) untilStopped(ctx context.Context) (_ context.Context, done func()) {
	ctx, halt := context.WithCancelCause(ctx)
	stop, ended := e.stopping(), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-stop:
			halt(errStopped)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { halt(nil); <-ended }
}

// because answers why a call failed: the engine's stop rather than what that did
// to the call.
func because(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errStopped) {
		return errStopped
	}
	return err
}
