import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Menu,
  Modal,
  MultiSelect,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Switch,
  Tabs,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";

const inputSize = { size: "xs" } as const;
const closeButtonProps = { "aria-label": "Close" };

/** Dense and quiet: 13 pixels, small controls, one accent. Colours are in theme.css. */
export const theme = createTheme({
  fontFamily:
    'system-ui, -apple-system, "Segoe UI Variable Text", "Segoe UI", Inter, Cantarell, "Noto Sans", sans-serif',
  fontFamilyMonospace: "var(--mono)",
  primaryColor: "mio",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  cursorType: "default",
  defaultRadius: 7,
  respectReducedMotion: true,
  fontSizes: { xs: "13px", sm: "13px", md: "13px", lg: "15px", xl: "18px" },
  spacing: { xs: "6px", sm: "10px", md: "14px", lg: "18px", xl: "24px" },
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "19px" }, h2: { fontSize: "14px" } } },
  colors: {
    dark: [
      "#e8ebef",
      "#c3cad3",
      "#9da7b4",
      "#6d7785",
      "#3d4551",
      "#2f3640",
      "#232831",
      "#1c2027",
      "#181c22",
      "#14171c",
    ],
    mio: [
      "#eef2ff",
      "#dbe3ff",
      "#b7c7ff",
      "#93aaff",
      "#7b9bff",
      "#4f76f3",
      "#2f5bea",
      "#254bcb",
      "#1d3ca3",
      "#172f80",
    ],
  },
  components: {
    Button: Button.extend({
      defaultProps: { size: "xs", variant: "default" },
      styles: { root: { fontWeight: 550 } },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    TextInput: TextInput.extend({ defaultProps: inputSize }),
    PasswordInput: PasswordInput.extend({ defaultProps: inputSize }),
    Textarea: Textarea.extend({ defaultProps: inputSize }),
    NumberInput: NumberInput.extend({ defaultProps: inputSize }),
    Select: Select.extend({ defaultProps: { ...inputSize, allowDeselect: false } }),
    MultiSelect: MultiSelect.extend({ defaultProps: inputSize }),
    Checkbox: Checkbox.extend({ defaultProps: inputSize }),
    Switch: Switch.extend({ defaultProps: { size: "xs" } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs" } }),
    Tabs: Tabs.extend({ defaultProps: { variant: "default" } }),
    Menu: Menu.extend({
      defaultProps: {
        shadow: "none",
        width: 200,
        position: "bottom-end",
        withinPortal: false,
        withInitialFocusPlaceholder: false,
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, fz: 12 } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 11,
        overlayProps: { backgroundOpacity: 0.35 },
        closeButtonProps,
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: {
        position: "right",
        size: 440,
        overlayProps: { backgroundOpacity: 0.25 },
        closeButtonProps,
      },
    }),
  },
});

const shared = {
  "--mantine-color-text": "var(--text)",
  "--mantine-color-body": "var(--panel)",
  "--mantine-color-dimmed": "var(--dim)",
  "--mantine-color-placeholder": "var(--dim)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-default": "var(--panel)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-anchor": "var(--accent-text)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
};

/** Lets the component library draw with the window's own colours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});
