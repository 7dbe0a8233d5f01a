"""The given names that people use for one another, as data: each line is one name in all its forms.

Lower-case Latin letters without accents, as :func:`kith.core.plain.latin` writes them. The languages are mixed on
purpose: the same man is William, Bill, Wilhelm, Willi and Guilherme in the address books of different people.
"""

GROUPS = """
abraham abe bram avraham ibrahim
adalbert bert albert al alberto albrecht berto
adam adao adamo adem
agnes agnieszka ines inez aga
aleksandr alexander alex alec aleks alessandro alejandro alexandre alexandros sandro sandor sasha sascha xander lex oleksandr iskander sikandar
alexandra aleksandra alessandra alejandra sandra sasha sascha alexa lexi ola sandrine oleksandra xandra
alfred fred alf alfredo alfie fredo
alice alicia alisa ali aliki
amelia amalia millie mia amelie
anastasia nastya nastia stacy anastasiia asya tasia
andreas andrew andy andre andrea andrei andrey andrzej andres anders drew andrij andriy ondrej andras antti andris
angelika angela angie angelica geli
anna ann anne ana hannah hanna annie anya ania nan annika anke anja anita hana asia aneta ane hannele annushka anneli antje anouk
annemarie annamaria anamaria anne
anthony antonio antonius tony anton toni antoine antonin toninho ton antal tonio nino antonis antoni
antonia toni antonina tonya tonia tosia
arthur art artur arturo arttu
artem artyom tyoma
augustus august gus augusto agustin augustin augustine
barbara barb babs basia barbora varvara barbel babsi
bartholomew bart bartolomeu bartlomiej bartek bartolome
beatrice bea beatrix beatriz trixie bia
benedict ben benedikt bene bento benito
benjamin ben benny benji benjamim benjamino
bernard bernhard bernie bernardo bernd bern
bogdan bohdan bodya
boris borya borislav
bridget birgit brigitte brigitta gitte birgitta gitta brigida
calvin cal
cameron cam
carl karl charles charlie chuck carlos carlo karel karol carles chas charly carlitos karoly kalle
caroline carolin karoline carolina karolina carol line caro carrie karola lina
catherine katharina katherine kathryn kate katie kathy cathy katja katya katia catarina caterina katarina katarzyna kasia kat kit kitty ekaterina yekaterina kateryna karin karen kathrin katrin kaisa catalina katerina trine kathleen cat kata kati catia
cecilia cecile cilla cecylia cilia celia
charlotte lotte lotta charlie carlota carlotta lottie charlene
christian chris kristian cristian christiaan krystian cristiano kris
christina christine tina kristina kristin chris chrissy cristina krystyna christel stina kirsten kristen khrystyna tine christa
christopher chris christoph kristoffer christophe cristobal cristovao krzysztof topher kit christoffer krzys christos kris
claudia klaudia claudine claude
clara klara claire clare chiara
clement klemens clemens clemente klim
conrad konrad kurt conny corrado
constantine konstantin kostya kostas constantin konstantinos dinos costas kostyantyn
cornelius cornelis kees cor cornelio neil cees
cyril kirill kyrylo kiril cyryl
daniel dan danny daniele danilo danila danylo dani danni
daniela danielle dani daniele daniella danuta
darya daria dasha darja
david dave davy davide dawid davi dov davit dudu
deborah debbie deb debora debra
dennis denis denys den denny dionysios dionisio
diana diane di dianne dijana
dmitri dmitry dmitriy dmytro dima mitya dimitri dimitris dimitrios dimitar dimka
dominic dominik dominique domingo domingos dom domenico nick
dorothy dorothea dot dottie dora dorota doris dorothee dodo doro
edmund ed edmundo eddie edmond ted ned
edward ed eddie eduard eduardo ted ned teddy edoardo edek edvard duda edu
edwin ed eddie
eleanor elena helen helena ella nell nora ellen leonor eleonora elina helene lena olena yelena ilona leni heleen elle ileana nelly
elias elijah ilya ilia eli elie elia illia eliyahu ilias
elizabeth elisabeth eliza elsa lisa liz beth betty bess lizzy elise ilse isabel isabella isabelle elzbieta yelizaveta liza lisbeth elsbeth bella lieselotte erzsebet alzbeta isa else liese bettina elisabetta elisabete libby
emanuel manuel manny manolo emmanuel manu emanuele immanuel manel manolis mano
emily emilia emma em emilie emilija emi milly
emil emilio emile
eric erik erich erick rick erico
ernest ernst ernesto ernie
eugene gene eugen evgeny evgenij yevgeny yevhen eugenio zhenya jewgeni evgeni
eva eve ewa evi evita yeva evelyn evelina
felix feliks felice feliz
ferdinand fernando ferdi fernand nando ferdy hernando fernao
florian flo florin
frances francesca francisca franziska fran fanny frankie francoise franzi paca cisca
francis frank francisco francesco franz francois chico paco franciszek frantisek pancho ferenc frans paquito kiko franky frankie franek curro cisco francesc ferran
fyodor fedor fedya theodor fedir
frederick fred freddy friedrich fritz federico frederic frederik fredrik frederico rick fryderyk frederique
gabriel gabe gabriele gavriil gabi
gabriele gabriela gabi gabrielle gaby gabriella
gareth gary gaz
george georg jorge jorg jurgen giorgio georges yuri yuriy juri iouri jerzy jiri georgios goran joris jordi georgi egor yegor yura heorhiy georgy iurii yorgos jurij jury
gerald gerry jerry gerhard gerd gerardo gerard geraldo gert gerrit gerhardt
gregory greg gregor gregorio grzegorz grigory grisha grigoriy gregoire hryhoriy
guido guy gui
gunther gunter gunnar guenther
gustav gus gustavo gustaf gustave
harold harry hal harald haroldo
hans johannes john johan johann jan ian ivan juan joao giovanni jean jack sean hannes jens hansi shaun jon jonny johnny evan yann yannick juanito giannis yannis ioannis jovan janos vanya ivo shane ioan jani johnnie jannik gianni nino yohanes yahya zuan hovhannes ionut iain
henry heinrich harry hank hendrik henri enrique enrico heinz henrique henryk hal henk heiner jindrich hinrich kike henrik heiko
hermann herman armando germano harm
hieronymus jerome jeronimo geronimo
hubert bert hugo huberto
hugo hugh ugo huw
ignatius ignacio nacho inacio ignaz ignacy ignatz inaki
igor ihor
irene irina ira iryna irena irka
isaac isaak ike isaque yitzhak
isabel isabella belen isa elizabeth isabelle izabela bel belinha
jacob jakob james jim jimmy jaime diego santiago iago jacques giacomo jake jacobo tiago jamie jakub kuba jacek koos jaap jacobus jaakko thiago jem yaakov yakov jayme yakiv
jadwiga hedwig hedy
jennifer jen jenny jenni jenna
jeremy jeremias jerry jeremiah jeremie
jessica jess jessie
joachim jochen joaquim joaquin achim quim gioacchino kimo jochem
joan joanna johanna jane jean joana jana juana giovanna hanna jeanne janet jo asia ivana jeannette gianna joanne jenny jannike hanne ioanna yana johanne
jonathan jon jonny jonatan jonathas
joseph josef jose joe joey giuseppe pepe jozef josip jupp joop sepp josu beppe zezinho yosef yusuf ze peppe jozsef iosif osip pepito youssef jef yussuf jo zeca
josephine josefine josefa josie jose pina fina jozefa
joshua josh josue yehoshua
judith judy judit judite
julia julie juliana giulia julka yulia jule yuliya iuliia julija jules uliana
julian julius jules julio giulio juliano julien yulian
kenneth ken kenny kent
ksenia xenia ksenija oksana oxana
lawrence larry laurence lorenz lorenzo laurent lars laurens lourenco lorenz lauri lasse
laura lara laurie lori laure laurinha lauren
leonard leo len lenny leonardo leonhard leonid lionel lenya lennart
leo lev leon leonie leone
louis lewis luis luigi ludwig lou luiz lajos aloys alois lluis ludovic gino luisito aloisio luka louie ludvik ludovico
louise luisa lou luise luiza lulu louisa ludovica
lucas luke luca lukas lukasz luc luka loukas lukacs lucian lutz lucca
lucy lucia luzia lucie luciana lucja lucille luz
ludmila lyudmila luda mila ljudmila liudmyla lyuda
magdalena maggie lena magda madeleine madalena maddalena leni magdalene madelaine
marek mark marcus markus marc marco marcos mars marko marcel marcelo marcin markos marek
margaret margarete maggie meg peggy greta marguerite margarida margarita grete gretchen rita margot daisy malgorzata gosia gretel margherita marjorie maisie madge megan margit margriet maggy meta mette marketa margareta
maria mary marie mia maja molly polly miriam mariam maryam mariya masha manya mimi moira maura maureen marika marija marisa mariana marichen mariele maryja may ria mie mara meri mizzi marihuela mariia marita mitzi maricarmen
mariana marianne marianna nanne marian
martha marta marthe marti marthinha
martin marty martim martino marten martyn martijn morten martti marton
matthew matt mattias matthias mateo mateus matteo matthieu mateusz matti mats matej mathias matty matvei matheus mathieu mats tjis thijs matias matvey
maurice moritz maurits mauricio mauritz mo maurizio maury
maximilian max maxim maksim maxime massimo maks maximiliano maximo maksym massimiliano massi
melanie mel melania
michael mike mick mickey michel miguel michele mikhail misha mikael michal mihai micha mischa mitch mykhailo michiel mikkel mihaly mihail michalis miki michail miko mikko miquel mischka
michaela michelle michele micaela mika michela misia
mohammed muhammad mohamed mo mehmet muhammed mohammad mamadou hamid mahmoud hamada momo
monica monika mona moni monique
moses moshe moise moises musa mo
natalia natalie natasha nathalie nat natalya nataliya tasha talia natalka
nathan nathaniel nate nat natan natanael
nicholas nick nicolas nikolaus klaus niklas nico nicola nikolai colin niels nils mikolaj niko miklos nicolau nikolay kolya claus nikos mykola klaas nikita niccolo nickolas nicky nikolas nikolaos kolja nik
nicole nicola nicki nicky nicoletta colette nika nikki nikol
olaf ole oleh oleg olav oluf oleksiy
alexei alexey aleksey alyosha oleksii lyosha alexis aleksej alioscha alexi
oliver olivier ollie oli olivier oliverio noll oliwier
olga olya olha helga olja
pamela pam
patricia pat patty trish tricia patrizia patrycja paty trisha pati
patrick pat paddy patrik patricio patryk padraig patrizio rick
paul pablo paolo paulo pavel pawel paulus pavlo pal pasha pauli poul paal pavlos pol paulinho
paula pauline paola paulina polina polly pavla
peter pete pedro pierre pietro piet petr pyotr piotr pieter per petros petro petar peder petya pekka perico pepijn petri pit
petra peta pierrette petronella
philip phil filip felipe philippe filippo philipp lippe filipe fil flip pip phillip lipe felip pippo
rachel rachael raquel rahel ray shelly rachele rae
rafael raphael rafa raffaele rafal raffael raf rafi rafinha
raymond ray raimund ramon raimundo raymund mundo raymundo moncho
rebecca becky rebekka becca rebeca reba beck rivka
regina gina regine ina queenie
reinhard reiner rainer reinhold
richard rick dick richie rich ricardo riccardo ryszard rik ricky ritchie rikard dickie
robert bob rob bobby robbie roberto rupert bert robin beto ruprecht robby bo robi berto
roger rod rodger ruggero rogerio rutger rudiger
roland orlando rolf rollo rolando roelof roly
roman romain romano romek roma
ronald ron ronnie reinaldo ronaldo ronny reynold
rose rosa rosie rosita rosalie rosemarie roza rosalia roos rosi
rudolf rudi rolf rodolfo rudolph rudy dolf rodolphe
salvatore salvador toto turi toto salva
samantha sam sammy
samuel sam sammy samuele shmuel samu
santiago yago
sarah sara sally sadie zara sarita sari
sebastian seb basti bastian sebastiano sebastien sebastiao bas seba baz
sergey sergei sergio serge serhiy sergiy seryozha serhii sergej sergi
sharon shari
silvia sylvia sylvie silvie sylwia
simon simeon semyon simone szymon shimon simao simao ximun sjimon
sofia sophie sophia zofia sonja sonia sonya sofie fia zosia sofiya sofya sophy
stanislav stanislaw stan stas staszek stanislas stanley
stephen steven stefan steve stephan estevao stefano etienne esteban stevie stepan istvan stipe stefanos szczepan steffen stephane esteve stef stijn steeve
stephanie steffi stefanie stefania steph estefania stephania stevie
susan susanne suzanne sue susanna suzie susana sanna zuzana sanne susi zuzanna suzy zsuzsanna shoshana sus susie suse
svetlana sveta svitlana lana
tatiana tanya tatjana tania tetiana tanja tatyana tati
teresa theresa therese tess terry tessa resi tere tereza thea teresita terezia
thaddeus tadeusz thad tadeu tadek tadeo
theodore theodor ted teddy theo teodoro teodor theodoros teo fyodor fedor
thomas tom tommy tomas tommaso tomasz tomek tome thom tomaz tuomas toma tamas foma tomi
timothy tim timmy timo timotheus timofey timoteo timon timofei
tobias toby tobi tobia tobiah
ulrich uli ulli ulric udo
ulrike uli ulli ulrika
ursula uschi ulla uli orsola urszula
valentin valentine valentino val valya valentyn
valerie valeria val valery lera
vera veronika veronica ronnie vroni roni weronika veronique vero
victor viktor vic vittorio vitya vitor wiktor vik
victoria viktoria vicky tori vittoria vika vitoria wiktoria viki vickie
vincent vince vincenzo vicente vinny wincenty vin vinz zenz
vladimir volodymyr vova vlad wladimir volodya vladislav volodia wlodzimierz vladyslav wladyslaw ladislav laszlo
virginia ginny gina virginie
walter walt wally gualtiero walther wolter gualterio wouter
werner warner verner
william bill will billy willy wilhelm willi guillermo guillaume guglielmo guilherme liam willem wim vilhelm memo wilfred bil gui vilem vilmos viljami willie helmut
wolfgang wolf wolfi wulf
yvonne ivonne evonne
yuliana juliana
xavier javier xavi javi saverio xaver chavi ximo
zachary zack zach zacharias zechariah zak
"""
