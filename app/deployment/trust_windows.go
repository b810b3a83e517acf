package deployment

import (
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemDirs are the folders for the configuration of every user.
func systemDirs() []string {
	dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0)
	if err != nil {
		return nil
	}
	return []string{filepath.Join(dir, "Mio Hub")}
}

// writes are the rights with which a file can be changed or exchanged.
const writes = windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.WRITE_DAC | windows.WRITE_OWNER |
	windows.DELETE | windows.GENERIC_WRITE | windows.GENERIC_ALL

// trusted refuses a file that somebody else than the administrators, the system
// and the person who runs the program could have written.
func trusted(f *os.File) error {
	sd, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("read who may write to it: %w", err)
	}
	allowed, err := writers()
	if err != nil {
		return err
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("read its owner: %w", err)
	}
	if !among(owner, allowed) {
		return &Error{Reason: fmt.Sprintf("it belongs to %s, who is neither an administrator nor the one who runs Mio Hub", account(owner))}
	}
	acl, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("read who may write to it: %w", err)
	}
	if acl == nil {
		return &Error{Reason: "everybody may write to it; give it the permissions of its folder"}
	}
	for i := range uint32(acl.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(acl, i, &ace); err != nil {
			return fmt.Errorf("read who may write to it: %w", err)
		}
		if ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || ace.Mask&writes == 0 {
			continue
		}
		if sid := (*windows.SID)(unsafe.Pointer(&ace.SidStart)); !among(sid, allowed) {
			return &Error{Reason: fmt.Sprintf("%s may write to it; let only administrators do so", account(sid))}
		}
	}
	return nil
}

// writers are those who may have written the file.
func writers() ([]*windows.SID, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("read who runs the program: %w", err)
	}
	out := []*windows.SID{user.User.Sid}
	for _, known := range []windows.WELL_KNOWN_SID_TYPE{windows.WinBuiltinAdministratorsSid, windows.WinLocalSystemSid, windows.WinCreatorOwnerRightsSid} {
		sid, err := windows.CreateWellKnownSid(known)
		if err != nil {
			return nil, fmt.Errorf("name the administrators: %w", err)
		}
		out = append(out, sid)
	}
	// Windows' own installer owns what it puts beside a program.
	installer, err := windows.StringToSid("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")
	if err != nil {
		return nil, fmt.Errorf("name the installer: %w", err)
	}
	return append(out, installer), nil
}

func among(sid *windows.SID, list []*windows.SID) bool {
	for _, s := range list {
		if sid.Equals(s) {
			return true
		}
	}
	return false
}

func account(sid *windows.SID) string {
	name, domain, _, err := sid.LookupAccount("")
	if err != nil {
		return sid.String()
	}
	return domain + `\` + name
}
