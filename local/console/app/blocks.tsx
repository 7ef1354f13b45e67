import { memo, type MouseEvent, useMemo } from "react";
import { Message } from "slack-blocks-to-jsx";
import { type Press, toRenderable } from "./to-renderable.ts";
import { Fallback } from "./fallback.tsx";
import { hooks } from "./hooks.tsx";
import { useTheme } from "./theme.ts";

interface BlocksProps {
  readonly blocks: readonly unknown[];
  /** In the place of blocks that cannot be rendered. */
  readonly text: string;
  /** Apart from all others on the page. */
  readonly ts: string;
  readonly onPress: (press: Press, button: Element) => void;
}

/** Block Kit as Slack renders it, with buttons that can be pressed. */
export const Blocks = memo(function Blocks({ blocks: given, text, ts, onPress }: BlocksProps) {
  const theme = useTheme();
  const { blocks, presses } = useMemo(() => toRenderable(given, ts), [given, ts]);
  const onClick = ({ target }: MouseEvent): void => {
    const button = target instanceof Element ? target.closest("button") : null;
    const press = button && presses.get(button.id);
    if (press) onPress(press, button);
  };
  return (
    // The buttons inside are real ones, so keys reach them: this only hears where a click came from.
    <div className="blocks" onClick={onClick}>
      <Fallback of={given} text={text}>
        {blocks.length > 0 ? (
          // Another button is not the one that had the focus with another name: Enter must not press what was not there before.
          <Message
            key={[...presses.keys()].join(" ")}
            blocks={blocks}
            name=""
            logo=""
            withoutWrapper
            theme={theme}
            hooks={hooks}
          />
        ) : (
          <p className="plain">{text}</p>
        )}
      </Fallback>
    </div>
  );
});
