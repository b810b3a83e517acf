package sandbox

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// drives are the document libraries of the teams: a folder for each channel, with
// the files in it.
type drives struct {
	mu      sync.Mutex
	items   map[string]*driveItem // by id
	uploads map[string]*upload    // by the secret in their URL
	passes  map[string]pass       // downloads without a token, by the secret in their URL
}

func newDrives() *drives {
	return &drives{items: map[string]*driveItem{}, uploads: map[string]*upload{}, passes: map[string]pass{}}
}

// driveItem is one file. Its data is replaced, never changed.
type driveItem struct {
	id, guid, name, kind string
	room                 world.Room
	data                 []byte
	version              int
	made, changed        time.Time
}

// pass lets whoever has it read an item for a while.
type pass struct {
	item    string
	expires time.Duration
}

// passLife is how long a download address is good for, in tenant time. The
// vendor says "a short time" and gives an hour in examples.
const passLife = time.Hour

// itemID looks like SharePoint's: "01" and 32 letters and digits.
func (c *cloud) itemID(parts ...string) string {
	sum := sha256.Sum256([]byte(c.guid(parts...)))
	return "01" + base32.StdEncoding.EncodeToString(sum[:20])
}

func (c *cloud) driveID(team string) string {
	sum := sha256.Sum256([]byte(c.guid("drive", team)))
	return "b!" + base64url(sum[:])
}

func (c *cloud) folderID(room string) string { return c.itemID("folder", room) }

// folderURL is where people see a channel's folder.
func (c *cloud) folderURL(r world.Room) string {
	host, _, _ := strings.Cut(c.initialDomain(), ".")
	site := strings.ReplaceAll(r.GroupName, " ", "")
	return "https://" + host + ".sharepoint.com/sites/" + url.PathEscape(site) + "/Shared%20Documents/" + url.PathEscape(r.Name)
}

func (c *cloud) itemURL(i driveItem) string {
	return c.folderURL(i.room) + "/" + url.PathEscape(i.name)
}

// parent is what a file or folder says about where it lies.
func (c *cloud) parent(r world.Room, folder string) map[string]any {
	return map[string]any{
		"driveId": c.driveID(r.Group), "driveType": "documentLibrary", "id": folder, "name": nil, "path": nil, "siteId": c.guid("site", r.Group),
	}
}

// folderObject is a channel's folder.
func (c *cloud) folderObject(r world.Room) map[string]any {
	guid := strings.ToUpper(c.guid("folder guid", r.ID))
	return map[string]any{
		"id": c.folderID(r.ID), "name": r.Name, "eTag": `"{` + guid + `},1"`, "cTag": `"c:{` + guid + `},0"`, "size": 0, "webUrl": c.folderURL(r),
		"createdDateTime": seconds(r.Created), "lastModifiedDateTime": seconds(r.Created),
		"fileSystemInfo": map[string]any{"createdDateTime": seconds(r.Created), "lastModifiedDateTime": seconds(r.Created)},
		"folder":         map[string]any{"childCount": c.drives.within(r.ID)}, "parentReference": c.parent(r, c.itemID("root", r.Group)),
	}
}

// itemObject is a file, without the address to download it from.
func (c *cloud) itemObject(i driveItem) map[string]any {
	sum := sha256.Sum256(i.data)
	return map[string]any{
		"id": i.id, "name": i.name, "size": len(i.data), "webUrl": c.itemURL(i), "createdDateTime": seconds(i.made), "lastModifiedDateTime": seconds(i.changed),
		"eTag": fmt.Sprintf(`"{%s},%d"`, strings.ToUpper(i.guid), i.version), "cTag": fmt.Sprintf(`"c:{%s},%d"`, strings.ToUpper(i.guid), i.version),
		"file":            map[string]any{"mimeType": i.kind, "hashes": map[string]any{"quickXorHash": base64.StdEncoding.EncodeToString(sum[:20])}},
		"fileSystemInfo":  map[string]any{"createdDateTime": seconds(i.made), "lastModifiedDateTime": seconds(i.changed)},
		"parentReference": c.parent(i.room, c.folderID(i.room.ID)),
	}
}

// within counts the files of a channel's folder.
func (d *drives) within(room string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, i := range d.items {
		if i.room.ID == room {
			n++
		}
	}
	return n
}

func (d *drives) item(id string) (driveItem, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.items[id]
	if i == nil {
		return driveItem{}, false
	}
	return *i, true
}

// What to do when a name is taken.
const (
	onConflictFail    = "fail"
	onConflictReplace = "replace"
	onConflictRename  = "rename"
)

// put files data under a name in a channel's folder; false when the name is
// taken and may not be.
func (c *cloud) put(r world.Room, name, kind string, data []byte, conflict string) (driveItem, bool) {
	now := c.world.Clock.Now()
	if kind == "" {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	kind, _, _ = strings.Cut(kind, ";")
	c.drives.mu.Lock()
	defer c.drives.mu.Unlock()
	taken := c.drives.named(r.ID, name)
	switch {
	case taken != nil && conflict == onConflictReplace:
		taken.data, taken.kind, taken.changed = data, kind, now
		taken.version++
		return *taken, true
	case taken != nil && conflict != onConflictRename:
		return driveItem{}, false
	}
	base, ending := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	for n := 1; taken != nil; n++ {
		name = fmt.Sprintf("%s %d%s", base, n, ending)
		taken = c.drives.named(r.ID, name)
	}
	guid := randomGUID()
	i := &driveItem{id: c.itemID("file", guid), guid: guid, name: name, kind: kind, room: r, data: data, version: 1, made: now, changed: now}
	c.drives.items[i.id] = i
	return *i, true
}

// named finds a file by its name, case ignored. Callers hold the lock.
func (d *drives) named(room, name string) *driveItem {
	for _, i := range d.items {
		if i.room.ID == room && strings.EqualFold(i.name, name) {
			return i
		}
	}
	return nil
}

// shared files what a person of the World attached, once, as the Teams client
// does before it posts.
func (c *cloud) shared(r world.Room, m world.Message, f world.File) driveItem {
	id := c.itemID("shared", r.ID, m.ID, f.ID)
	if known, found := c.drives.item(id); found {
		return known
	}
	i, _ := c.put(r, f.Name, f.Type, f.Data, onConflictRename)
	c.drives.mu.Lock()
	defer c.drives.mu.Unlock()
	delete(c.drives.items, i.id)
	if known := c.drives.items[id]; known != nil { // another reader was faster
		return *known
	}
	i.id, i.guid = id, c.guid("shared guid", r.ID, m.ID, f.ID)
	c.drives.items[id] = &i
	return i
}

// at finds a file by the address that people see.
func (c *cloud) itemAt(address string) (driveItem, bool) {
	want, err := url.PathUnescape(address)
	if err != nil {
		return driveItem{}, false
	}
	c.drives.mu.Lock()
	defer c.drives.mu.Unlock()
	for _, i := range c.drives.items {
		if have, err := url.PathUnescape(c.itemURL(*i)); err == nil && strings.EqualFold(have, want) {
			return *i, true
		}
	}
	return driveItem{}, false
}

// mayUseFiles checks that the caller reaches the channel's library: permissions
// for one's own files do not, and people must be in the channel.
func (k *call) mayUseFiles(r world.Room) error {
	if k.who.delegated() && !k.holds("Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All") {
		return k.deny("graph.drive.own-files")
	}
	t, _ := k.feed.team(r.Group)
	if k.who.delegated() && !k.admitted(t, r, k.who.account) {
		return k.deny("graph.drive.denied")
	}
	return nil
}

// filesFolder is the folder of the path's channel.
func (k *call) filesFolder() (*reply, error) {
	_, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	if err := k.mayUseFiles(r); err != nil {
		return nil, err
	}
	body := pick(k.folderObject(r), k.query.sel, nil)
	body["@odata.context"] = k.context("driveItems") + "/$entity"
	return ok(body)
}

// folderInPath is the channel whose folder the path names.
func (k *call) folderInPath() (world.Room, error) {
	for _, t := range k.feed.allTeams() {
		if k.driveID(t.id) != k.ids["drive"] {
			continue
		}
		for _, id := range t.rooms {
			if r, _ := k.feed.room(id); k.folderID(id) == k.ids["item"] {
				return r, k.mayUseFiles(r)
			}
		}
	}
	return world.Room{}, k.deny("graph.drive.item-unknown")
}

// itemInPath is the file that the path names.
func (k *call) itemInPath() (driveItem, error) {
	i, found := k.drives.item(k.ids["item"])
	if !found || k.driveID(i.room.Group) != k.ids["drive"] {
		return i, k.deny("graph.drive.item-unknown")
	}
	return i, k.mayUseFiles(i.room)
}

func (k *call) getItem() (*reply, error) {
	if r, err := k.folderInPath(); err == nil {
		body := pick(k.folderObject(r), k.query.sel, nil)
		body["@odata.context"] = k.context("driveItems") + "/$entity"
		return ok(body)
	}
	i, err := k.itemInPath()
	if err != nil {
		return nil, err
	}
	return k.oneItem(i)
}

func (k *call) oneItem(i driveItem) (*reply, error) {
	body := pick(k.itemObject(i), k.query.sel, nil)
	body["@odata.context"] = k.context("driveItems") + "/$entity"
	if len(k.query.sel) == 0 {
		body["@microsoft.graph.downloadUrl"] = k.passFor(i)
	}
	return ok(body)
}

func (k *call) getContent() (*reply, error) {
	i, err := k.itemInPath()
	if err != nil {
		return nil, err
	}
	return k.redirectTo(i)
}

// redirectTo leads to an address that needs no token.
func (k *call) redirectTo(i driveItem) (*reply, error) {
	return &reply{status: 302, header: map[string][]string{"Location": {k.passFor(i)}}}, nil
}

func (k *call) passFor(i driveItem) string {
	secret := randomText(24)
	now := k.world.Clock.Elapsed()
	k.drives.mu.Lock()
	defer k.drives.mu.Unlock()
	if len(k.drives.passes) > 1000 {
		maps.DeleteFunc(k.drives.passes, func(_ string, p pass) bool { return now >= p.expires })
	}
	k.drives.passes[secret] = pass{item: i.id, expires: now + passLife}
	return k.sharePoint() + "_layouts/15/download.aspx?UniqueId=" + i.guid + "&tempauth=" + secret
}

// sharePoint is where files are moved, over TLS when the caller came over TLS.
func (k *call) sharePoint() string {
	if k.r.TLS != nil && k.url("sharepoint_tls") != "" {
		return k.url("sharepoint_tls")
	}
	return k.url("sharepoint")
}

// itemShared finds a file by the address that a sharing token holds.
func (k *call) itemShared() (driveItem, error) {
	token, good := strings.CutPrefix(k.ids["share"], "u!")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if !good || err != nil {
		return driveItem{}, k.deny("graph.share.malformed")
	}
	i, found := k.itemAt(string(raw))
	if !found {
		return i, k.deny("graph.share.unknown")
	}
	return i, k.mayUseFiles(i.room)
}

func (k *call) sharedItem() (*reply, error) {
	i, err := k.itemShared()
	if err != nil {
		return nil, err
	}
	return k.oneItem(i)
}

func (k *call) sharedContent() (*reply, error) {
	i, err := k.itemShared()
	if err != nil {
		return nil, err
	}
	return k.redirectTo(i)
}

// goodName is SharePoint's rule for names of files.
func goodName(name string) bool {
	if name == "" || len([]rune(name)) > 255 || strings.ContainsAny(name, "\"*:<>?/\\|\x00") || strings.HasPrefix(name, "~$") ||
		strings.TrimSpace(name) != name || strings.HasSuffix(name, ".") || strings.Contains(name, "_vti_") {
		return false
	}
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	reserved := []string{"CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
		"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9"}
	return !slices.Contains(reserved, base) && !strings.EqualFold(name, ".lock") && !strings.EqualFold(name, "desktop.ini")
}
